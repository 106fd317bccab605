"""SASL mechanisms, one a module (RFC 4422); `imapsh.sasl.table` names them, chooses among them and makes one."""
