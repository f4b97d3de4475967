/** Shows how the gateway and its Whippletree stand: {@code StatusPlaces} is the door. */
@NullMarked
package dev.whippletree.gateway.status;

import org.jspecify.annotations.NullMarked;
