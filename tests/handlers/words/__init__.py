"""The nouns of the application: what each must hold by itself."""
