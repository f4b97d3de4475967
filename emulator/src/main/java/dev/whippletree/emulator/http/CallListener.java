package dev.whippletree.emulator.http;

import dev.whippletree.emulator.model.ServiceKind;

/** Observes the calls of emulated services. Called on I/O threads, so it must be thread-safe and not block. */
public interface CallListener {

    CallListener NONE = new CallListener() {};

    default void arrived(ServiceKind service, byte[] body) {}

    /** Its caller has closed the connection before the response was complete. */
    default void left(ServiceKind service, byte[] body) {}
}
