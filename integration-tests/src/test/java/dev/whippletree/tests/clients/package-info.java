/**
 * Other people's clients, as they are published, against the gateway in front of emulated services: what they get, and
 * what the services receive of what they send.
 */
@NullMarked
package dev.whippletree.tests.clients;

import org.jspecify.annotations.NullMarked;
