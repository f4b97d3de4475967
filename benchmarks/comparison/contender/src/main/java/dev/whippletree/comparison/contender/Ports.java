package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports for the processes that are started here. */
public final class Ports {

    private Ports() {}

    /** Returns one that nobody listens on. */
    public static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
