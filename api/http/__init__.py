"""HTTP: thin handlers that read the service and answer. The console and the API proper build on this."""
