package dev.whippletree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.whippletree.model.Limit;
import dev.whippletree.model.Prompt;
import dev.whippletree.model.Secret;
import dev.whippletree.settings.RouteSettings;
import dev.whippletree.spi.AccountSettings;
import dev.whippletree.spi.Settings;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A null argument of a public builder is refused where it is given, and named. */
final class BuilderArgumentsTest {

    static Stream<Object> builders() {
        return Stream.of(
                Whippletree.builder(),
                Prompt.builder(),
                AccountSettings.builder("a", "fake"),
                RouteSettings.builder("default"));
    }

    @ParameterizedTest
    @MethodSource("builders")
    void nullArgument_isRefusedByName(Object builder) throws ReflectiveOperationException {
        List<String> unnamed = new ArrayList<>();
        for (Method method : builder.getClass().getDeclaredMethods()) {
            Parameter[] parameters = method.getParameters();
            for (int index = 0; index < parameters.length; index++) {
                if (Modifier.isPublic(method.getModifiers()) && mayNotBeNull(parameters[index])) {
                    Optional<String> message = messageWithNullAt(index, builder, method);
                    if (!message.filter(words -> words.matches("\\w+")).isPresent()) {
                        unnamed.add(method + ", argument " + index + ": " + message);
                    }
                }
            }
        }
        assertThat(unnamed).isEmpty();
    }

    private static boolean mayNotBeNull(Parameter parameter) {
        return !parameter.getType().isPrimitive()
                && !parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static Optional<String> messageWithNullAt(int index, Object builder, Method method) {
        Object[] arguments = Stream.of(method.getParameterTypes())
                .map(BuilderArgumentsTest::any)
                .toArray();
        arguments[index] = null;
        Throwable thrown = catchThrowable(() -> method.invoke(builder, arguments));
        return thrown instanceof InvocationTargetException refused
                        && refused.getCause() instanceof NullPointerException named
                ? Optional.ofNullable(named.getMessage())
                : Optional.empty();
    }

    private static @Nullable Object any(Class<?> type) {
        if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        }
        return Stream.of("1 request / 1h", Map.of(), Limit.parse("1 request / 1h"), Secret.of("x"), Settings.none("x"))
                .filter(type::isInstance)
                .findFirst()
                .orElse(null);
    }
}
