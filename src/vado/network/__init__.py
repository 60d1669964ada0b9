"""How a migration system is described: the language, its validation, its drawing."""
