"""What a week's digest says, put together of what other rooms know. Deliberately absent: any sum; those are
``policies.cost``'s."""
