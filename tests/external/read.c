/*
 * Reads messages as a C program does, with the structs of <linux/dm-ioctl.h>, and prints each as one line of JSON.
 * On standard input, for each: what its payload is (4 bytes, see `enum`), its size (4 bytes) and its bytes. Texts are
 * printed as hexadecimal digits.
 */
#include <inttypes.h>
#include <linux/dm-ioctl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING, LOAD, STATUS, NAMES, VERSIONS, DEPS, MESSAGE, TEXT, FRAME, SIGNED_FRAME, UNTAGGED_FRAME };

static const char *text(const char *key, const char *at)
{
	printf("\"%s\": \"", key);
	for (; *at; at++)
		printf("%02x", (unsigned char)*at);
	printf("\"");
	return at + 1;
}

static void header(const struct dm_ioctl *dmi)
{
	printf("{\"version\": [%u, %u, %u], \"data_size\": %u, \"data_start\": %u, \"target_count\": %u, ",
	       dmi->version[0], dmi->version[1], dmi->version[2], dmi->data_size, dmi->data_start, dmi->target_count);
	printf("\"open_count\": %d, \"flags\": %u, \"event_nr\": %u, \"padding\": %u, \"dev\": %" PRIu64 ", ",
	       dmi->open_count, dmi->flags, dmi->event_nr, dmi->padding, (uint64_t)dmi->dev);
	text("name", dmi->name);
	printf(", ");
	text("uuid", dmi->uuid);
	printf("}");
}

static void targets(const char *at, uint32_t count, int from_first, const char *full)
{
	const char *first = at;
	const char *end;

	for (uint32_t i = 0; i < count; i++) {
		const struct dm_target_spec *spec = (const void *)at;

		printf("%s{\"sector_start\": %" PRIu64 ", \"length\": %" PRIu64 ", \"status\": %d, \"next\": %u, ", i ? ", " : "",
		       (uint64_t)spec->sector_start, (uint64_t)spec->length, spec->status, spec->next);
		text("target_type", spec->target_type);
		printf(", ");
		end = text("parameters", (const char *)(spec + 1));
		printf("}");
		if (end == full) /* DM_BUFFER_FULL_FLAG: target_count counts those that are not here, too */
			break;
		at = (from_first ? first : at) + spec->next;
	}
}

static void names(const char *at, uint32_t minor)
{
	for (int more = 0;; more = 1) {
		const struct dm_name_list *item = (const void *)at;
		const char *end;

		printf("%s{\"dev\": %" PRIu64 ", \"next\": %u, ", more ? ", " : "", (uint64_t)item->dev, item->next);
		end = text("name", item->name);
		if (minor >= 37) {
			const uint32_t *tail = (const void *)(((uintptr_t)end + 7) & ~(uintptr_t)7);

			printf(", \"event_nr\": %u", tail[0]);
			if (minor >= 45) {
				printf(", \"flags\": %u", tail[1]);
				if (tail[1] & DM_NAME_LIST_FLAG_HAS_UUID) {
					printf(", ");
					text("uuid", (const char *)(tail + 2));
				}
			}
		}
		printf("}");
		if (!item->next)
			break;
		at += item->next;
	}
}

static void versions(const char *at)
{
	for (int more = 0;; more = 1) {
		const struct dm_target_versions *item = (const void *)at;

		printf("%s{\"next\": %u, \"version\": [%u, %u, %u], ", more ? ", " : "", item->next, item->version[0],
		       item->version[1], item->version[2]);
		text("name", item->name);
		printf("}");
		if (!item->next)
			break;
		at += item->next;
	}
}

static void deps(const struct dm_target_deps *item)
{
	printf("{\"padding\": %u, \"dev\": [", item->padding);
	for (uint32_t i = 0; i < item->count; i++)
		printf("%s%" PRIu64, i ? ", " : "", (uint64_t)item->dev[i]);
	printf("]}");
}

static void message(const struct dm_target_msg *item)
{
	printf("{\"sector\": %" PRIu64 ", ", (uint64_t)item->sector);
	text("message", item->message);
	printf("}");
}

static void frame(const void *at, int kind)
{
	const uint32_t *words = at;
	int tagged = kind != UNTAGGED_FRAME;
	const char *form = kind == SIGNED_FRAME ? "%d" : "%u";
	const unsigned char *payload = (const void *)(words + 2 + tagged);

	printf("{\"target_index\": ");
	printf(form, words[0]);
	printf(", \"tag\": ");
	if (tagged)
		printf(form, words[1]);
	else
		printf("null");
	printf(", \"payload\": \"");
	for (uint32_t i = 0; i < words[1 + tagged]; i++)
		printf("%02x", payload[i]);
	printf("\"}");
}

int main(void)
{
	uint32_t head[2];

	while (fread(head, sizeof(head), 1, stdin) == 1) {
		char *buffer = calloc(1, head[1] + sizeof(struct dm_ioctl));
		const struct dm_ioctl *dmi = (const void *)buffer;

		if (!buffer || fread(buffer, 1, head[1], stdin) != head[1])
			return 2;
		if (head[0] >= FRAME) {
			frame(buffer, head[0]);
			printf("\n");
			free(buffer);
			continue;
		}
		printf("{\"header\": ");
		header(dmi);
		printf(", \"payload\": [");
		switch (head[0]) {
		case LOAD:
		case STATUS:
			targets(buffer + dmi->data_start, dmi->target_count, head[0] == STATUS,
				dmi->flags & DM_BUFFER_FULL_FLAG ? buffer + dmi->data_size : NULL);
			break;
		case NAMES:
			names(buffer + dmi->data_start, dmi->version[1]);
			break;
		case VERSIONS:
			versions(buffer + dmi->data_start);
			break;
		case DEPS:
			deps((const void *)(buffer + dmi->data_start));
			break;
		case MESSAGE:
			message((const void *)(buffer + dmi->data_start));
			break;
		case TEXT:
			printf("{");
			text("text", buffer + dmi->data_start);
			printf("}");
			break;
		}
		printf("]}\n");
		free(buffer);
	}
	return 0;
}
