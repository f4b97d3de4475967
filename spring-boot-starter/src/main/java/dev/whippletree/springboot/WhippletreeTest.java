package dev.whippletree.springboot;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Replaces the Whippletree of a test's application by a {@link dev.whippletree.test.FakeWhippletree}, which is a bean:
 * the test's own, or else one with the application's accounts and routes, whose time flies. Needs
 * {@code whippletree-test}.
 */
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ImportAutoConfiguration(FakeAutoConfiguration.class)
public @interface WhippletreeTest {}
