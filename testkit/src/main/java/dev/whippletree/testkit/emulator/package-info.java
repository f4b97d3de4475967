/**
 * Emulated services for JUnit tests, over real sockets. Needs the artifact {@code whippletree-emulator} beside the
 * testkit.
 */
@NullMarked
package dev.whippletree.testkit.emulator;

import org.jspecify.annotations.NullMarked;
