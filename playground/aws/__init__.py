"""The playground's simulated AWS: moto's server, a ticking world on top of it, and a strict layer in front.

The ticking part is *our own reading* of ECS; each rule names its fact, for example "facts/ecs 2.4". A test
that passes on it proves the bot against that reading, not against AWS.

moto's backends belong to the process, so a process can have only one started ``World`` at a time.

Deliberately absent: IAM evaluation (moto cannot do it, facts/ecs 10.4), placement of one-off tasks (moto's
own ``RunTask`` answers but does not tick; an order makes a task that ends), managed scaling, how many tasks
fit on an instance, and everything that belongs to the bot: nothing here imports it.
"""
