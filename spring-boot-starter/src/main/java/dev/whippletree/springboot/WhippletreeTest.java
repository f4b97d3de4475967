package dev.whippletree.springboot;

import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Replaces the Whippletree of a test's application by a {@link dev.whippletree.test.FakeWhippletree}, which is a bean:
 * the test's own, or one with the application's accounts and routes. Needs {@code whippletree-test}.
 */
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@ImportAutoConfiguration(FakeAutoConfiguration.class)
public @interface WhippletreeTest {}
