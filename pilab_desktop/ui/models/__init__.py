"""Item models, proxies, delegates and roles."""
