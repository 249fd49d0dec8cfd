"""One workspace at work on one machine: put together, looked over before it begins, and kept in order."""
