"""What everyone speaks: what came of a case, plain data, harmless text, where things are."""
