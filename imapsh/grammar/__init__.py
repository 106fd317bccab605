"""Between octets and values: tokens, the strict and the tolerant cursor, the writer, and a module for each family."""
