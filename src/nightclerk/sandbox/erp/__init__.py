"""A legacy ERP client to practise on: a desktop window without accessibility or API, with its own books."""
