package dev.whippletree.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.Whippletree;
import dev.whippletree.model.Completion;
import dev.whippletree.model.Prompt;
import dev.whippletree.spi.BalancingStrategy;
import dev.whippletree.spi.Provider;
import java.io.File;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.FileSystemGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;

/** What is prepared for an application that Spring processes ahead of time, as for a native image. */
final class NativeTest {

    private static final Map<String, String> PROPERTIES = Map.of(
            "whippletree.accounts[0].id", "a",
            "whippletree.accounts[0].provider", "fake",
            "whippletree.accounts[0].token", "x",
            "whippletree.caches", "",
            "WHIPPLETREE_LINESIZE", "7",
            "spring.ai.whippletree.chat.temperature", "0.2");

    @TempDir
    private Path folder;

    /** An application. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        WhippletreeAutoConfiguration.class,
        SpringAiAutoConfiguration.class,
        MetricsAutoConfiguration.class,
        HealthAutoConfiguration.class,
        ActuatorAutoConfiguration.class
    })
    @Import(FakeProvider.class)
    static class Small {}

    @Test
    void hints_keepTheKeys_thePlugins_andTheirFiles() throws NoSuchMethodException {
        RuntimeHints hints = new RuntimeHints();
        new NativeHints().registerHints(hints, getClass().getClassLoader());

        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation(WhippletreeProperties.class.getDeclaredMethod("accounts")))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation(WhippletreeProperties.Timeouts.class.getDeclaredMethod("whole")))
                .accepts(hints);
        for (Class<?> kind : List.of(Provider.class, BalancingStrategy.class)) {
            assertThat(ServiceLoader.load(kind).stream())
                    .isNotEmpty()
                    .allSatisfy(plugin -> assertThat(RuntimeHintsPredicates.reflection()
                                    .onConstructorInvocation(plugin.type().getConstructor()))
                            .accepts(hints));
            assertThat(RuntimeHintsPredicates.resource().forResource("META-INF/services/" + kind.getName()))
                    .accepts(hints);
        }
        assertThat(RuntimeHintsPredicates.resource().forResource("dev/whippletree/cache/redis/claim.lua"))
                .accepts(hints);
    }

    @Test
    void application_startsFromWhatSpringGenerates() throws Exception {
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get(NativeTest.class)),
                new FileSystemGeneratedFiles(kind -> folder.resolve(kind.name())));
        ClassName initializer;
        try (AnnotationConfigApplicationContext described = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of(PROPERTIES).applyTo(described);
            described.register(Small.class);
            initializer = new ApplicationContextAotGenerator().processAheadOfTime(described, generation);
        }
        generation.writeGeneratedContent();
        assertThat(RuntimeHintsPredicates.reflection().onType(WhippletreeProperties.class))
                .accepts(generation.getRuntimeHints());

        compile();
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            TestPropertyValues.of(PROPERTIES).applyTo(context);
            initializer(initializer.canonicalName()).initialize(context);
            context.refresh();

            Whippletree whippletree = context.getBean(Whippletree.class);
            assertThat(whippletree.complete(Prompt.of("Hi")))
                    .succeedsWithin(Duration.ofSeconds(30))
                    .extracting(Completion::text)
                    .asString()
                    .startsWith("Hello from a");
            ChatModel model = context.getBean(ChatModel.class);
            assertThat(ChatClient.create(model).prompt("Hi").call().content()).startsWith("Hello from a");
            assertThat(model.getOptions().getTemperature()).isEqualTo(0.2);
        }
    }

    @SuppressWarnings("unchecked")
    private static ApplicationContextInitializer<GenericApplicationContext> initializer(String name)
            throws ReflectiveOperationException {
        return (ApplicationContextInitializer<GenericApplicationContext>)
                Class.forName(name).getConstructor().newInstance();
    }

    /** Compiles what was generated, and defines each class beside the one that it is named after. */
    private void compile() throws IOException, ReflectiveOperationException {
        Path classes = Files.createDirectories(folder.resolve("CLASS"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
        List<String> options = List.of("-d", classes.toString(), "-classpath", System.getProperty("java.class.path"));
        assertThat(compiler.getTask(
                                null,
                                files,
                                null,
                                options,
                                null,
                                files.getJavaFileObjectsFromPaths(all(folder.resolve("SOURCE"), ".java")))
                        .call())
                .isTrue();
        for (Path file : all(classes, ".class")) {
            String name = classes.relativize(file).toString().replace(File.separatorChar, '.');
            Class<?> neighbour = Class.forName(name.replaceFirst("(__|\\$\\$).*", ""));
            MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(Files.readAllBytes(file));
        }
    }

    private static List<Path> all(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
