/** Runs a gateway for half an hour and holds what it leaves behind to what it began with. */
@NullMarked
package dev.whippletree.tests.soak;

import org.jspecify.annotations.NullMarked;
