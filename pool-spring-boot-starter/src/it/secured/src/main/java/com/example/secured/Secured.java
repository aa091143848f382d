package com.example.secured;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class Secured {

    public static void main(String[] args) {
        SpringApplication.run(Secured.class, args);
    }
}
