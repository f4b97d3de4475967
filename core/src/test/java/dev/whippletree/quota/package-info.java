@NullMarked
package dev.whippletree.quota;

import org.jspecify.annotations.NullMarked;
