"""The command line: one module for each command.

Only here are files chosen, streams written, colours used and exit codes given:
0 done, 1 done and there is something to report, 2 it could not be done as
asked, 70 a fault of the program.
"""
