"""The AWS edge: the ports of ``handlers.ports.aws`` on boto3's clients, for one environment at a time.

Deliberately absent: any judgement of health, any decision about who may do what, any loop that waits, and
any sleep on a rate limit. botocore's exceptions end here; nothing beyond this package sees one.
"""
