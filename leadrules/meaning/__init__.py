"""What the language means by a cell, a text, a day, an address, a fading and a sum of scores.

Each meaning has one home here, read by the reference and by the engine alike.
"""
