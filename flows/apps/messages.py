"""How the operator's message inbox is read: passwords of encrypted exports arrive there."""

from __future__ import annotations

import re

from nightclerk import ApplicationError, Secret, WebApp


class Messages(WebApp, selectors="messages"):
    def archive_password(self, task: str, *, timeout_s: float = 60.0) -> Secret:
        """The password of one export task's archive, as soon as its message is there."""
        self.open()
        message = self["inbox.password"].of(task=task)
        deadline = self.session.clock.monotonic() + timeout_s
        while not message.exists(timeout_s=1.0):
            if self.session.clock.monotonic() > deadline:
                message.wait(timeout_s=0)
            self.reload()
        found = re.search(r"解压密码为 (\S+?)，", str(message.read()))
        if found is None:
            raise ApplicationError(f"the message about export task {task} holds no password")
        return Secret(f"archive-{task}", found[1])
