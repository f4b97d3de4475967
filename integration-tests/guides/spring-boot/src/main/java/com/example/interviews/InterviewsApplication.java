package com.example.interviews;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class InterviewsApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(InterviewsApplication.class, arguments);
    }
}
