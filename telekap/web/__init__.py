"""The edge that browsers talk to: addresses, logins, headers. It decodes, looks up, hands on; it decides nothing."""
