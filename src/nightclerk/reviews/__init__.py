"""What people decide, kept with who and why: invoices, healings, rules that follow from them, items put back."""
