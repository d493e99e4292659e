"""The playground's Slack, driven by a real Bolt app over both transports."""
