"""The playground's simulated AWS: moto's server, a ticking world on top of it, a strict layer in front.

What ticks here is *our own reading* of ECS (each rule names its fact, for example "facts/ecs 2.4"). A test
that passes on it proves the bot against that reading, not against AWS.

moto's backends belong to the process, so there can be one started ``World`` per process at a time.

Deliberately absent: IAM evaluation (moto cannot do it, facts/ecs 10.4), placement of one-off tasks (moto's
own ``RunTask`` answers, unticked; an order makes one that ends), managed scaling and how many tasks fit on an
instance, and anything of the bot: nothing here imports it.
"""
