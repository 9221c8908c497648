"""The application: joins adapters and widgets."""
