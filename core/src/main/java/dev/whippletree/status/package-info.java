/**
 * The status with its cost, to and from JSON. The command and the gateway print the same document.
 *
 * <p>{@link dev.whippletree.status.PricedStatus} is the door.
 */
@NullMarked
package dev.whippletree.status;

import org.jspecify.annotations.NullMarked;
