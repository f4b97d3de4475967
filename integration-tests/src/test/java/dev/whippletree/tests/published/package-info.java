/**
 * What others get of Whippletree: its artifacts as they are published, and programs built from them outside this build.
 */
@NullMarked
package dev.whippletree.tests.published;

import org.jspecify.annotations.NullMarked;
