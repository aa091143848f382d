/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the shop. Nothing in it names a connection pool: the starter on the class path is enough. */
@SpringBootApplication
class ShopApplication {

    public static void main(String[] args) {
        SpringApplication.run(ShopApplication.class, args);
    }
}
