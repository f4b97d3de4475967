/** Tests of the starter: its configuration in application contexts without a web server. */
@NullMarked
package dev.whippletree.springboot;

import org.jspecify.annotations.NullMarked;
