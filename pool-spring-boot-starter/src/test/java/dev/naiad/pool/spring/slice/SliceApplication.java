/* SPDX-License-Identifier: Apache-2.0 */
package dev.naiad.pool.spring.slice;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/** What the slice tests find above them. */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class SliceApplication {}
