"""For JupyterLab's server: kernel messages leave at once.

A figure's frame follows a small "busy" message. Without this the network stack holds the frame back until
that one is acknowledged (Nagle's algorithm), about 40 ms later: most of the time between hand and picture.
Switched on in Jupyter's settings; figures work without it, only less promptly:

    {"ServerApp": {"kernel_websocket_connection_class": "course.figures.server.PromptConnection"}}
"""

from __future__ import annotations

from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """The usual connection between browser and kernel, sending small messages without delay."""

    def connect(self) -> Any:
        self.websocket_handler.set_nodelay(True)
        return super().connect()
