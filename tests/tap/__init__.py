"""Clients of others through the tap to a real server: plain, with STARTTLS and with TLS; and peers that mean it ill."""
