package dev.whippletree.springboot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Replaces the Whippletree of a test's application by a {@link dev.whippletree.test.FakeWhippletree}, which is a bean. It
 * has the application's accounts and routes, but neither their tokens nor caches, coordinator and state. Time flies.
 * A bean of that type in the test's configuration is used instead. Needs {@code whippletree-test}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration(FakeAutoConfiguration.class)
public @interface WhippletreeTest {}
