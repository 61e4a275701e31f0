"""The command line: the only place that prints.

options     words of the command line     -> specs, shapes, files
derive, cases, explain, generate, demo    one module a command
main        the application, its errors and its exit codes
"""
