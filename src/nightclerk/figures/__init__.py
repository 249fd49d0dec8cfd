"""The numbers of a workspace: for a manager, for the morning message, for Prometheus."""
