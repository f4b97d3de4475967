package com.example.okhttp;

import dev.whippletree.comparison.contender.Account;
import dev.whippletree.comparison.contender.Question;
import dev.whippletree.comparison.contender.Services;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * nginx as a plain proxy, which knows nothing of models, prompts or accounts: what a hop costs at least. Its callers
 * bring an account's token, and say in a header which of the two services they mean.
 */
public final class Nginx extends Gateway {

    private static final String SERVICE = "x-service";

    private final AtomicInteger turn = new AtomicInteger();
    private List<Account> accounts = List.of();
    private List<Account> warmUp = List.of();

    @Override
    List<String> command(Services services, int port) throws IOException {
        accounts = services.accounts();
        warmUp = services.warmUp();
        Path folder = services.folder().toAbsolutePath();
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, config(services, folder, port));
        return List.of("nginx", "-p", folder.toString(), "-e", "error.log", "-c", file.toString());
    }

    private static String config(Services services, Path folder, int port) {
        // configuration
        return """
                daemon off;
                worker_processes auto;
                pid nginx.pid;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  %s
                  map $http_x_service $service { default accounts; %s warm-up; }
                  server {
                    listen 127.0.0.1:%d backlog=4096;
                    keepalive_requests 1000000;
                    location / {
                      rewrite ^/v1(.*) %s$1 break;
                      proxy_pass http://$service;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_buffering off;
                    }
                  }
                }
                """.formatted(
                upstream(services, "accounts", services.accounts()) + upstream(services, "warm-up", services.warmUp()),
                Services.WARM_UP,
                port,
                URI.create(services.accounts().get(0).url()).getPath());
        // end
    }

    private static String upstream(Services services, String name, List<Account> accounts) {
        if (accounts.isEmpty()) {
            return "";
        }
        // configuration
        return """
                upstream %s {
                  server %s;
                  keepalive %d;
                  keepalive_requests 1000000;
                }
                """.formatted(name, URI.create(accounts.get(0).url()).getAuthority(), services.callers());
        // end
    }

    @Override
    Map<String, String> headers(Question question) {
        return Map.of(SERVICE, question.model());
    }

    @Override
    String key(Question question) {
        List<Account> asked = question.model().equals(Services.WARM_UP) ? warmUp : accounts;
        return asked.get(Math.floorMod(turn.getAndIncrement(), asked.size())).token();
    }
}
