"""What several verbs read before they answer: from ports, as facts. Deliberately absent: who may ask, what is
changed, and almost every sentence; ``listed`` alone puts what it reads into the rows of a list.
"""
