"""Every message people read is put together here, from values, and nowhere else in handlers.

Deliberately absent: any decision, any port, and how a message is drawn, which is the edge's.
"""
