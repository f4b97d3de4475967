/** Tests of what each failure of a service means, for each provider, over real sockets against the emulator. */
@NullMarked
package dev.whippletree.tests.failures;

import org.jspecify.annotations.NullMarked;
