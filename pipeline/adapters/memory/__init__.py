"""Every port in memory: the model that the other adapters are compared with."""
