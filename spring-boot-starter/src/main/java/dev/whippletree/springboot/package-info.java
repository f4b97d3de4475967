/** Configures a Whippletree in a Spring Boot application from its properties, and shows it to Actuator. */
@NullMarked
package dev.whippletree.springboot;

import org.jspecify.annotations.NullMarked;
