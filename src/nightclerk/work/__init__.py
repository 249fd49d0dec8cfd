"""Work: the store of queues, ledger, slots and tasks, the durable engine behind it, shifts and workers."""
