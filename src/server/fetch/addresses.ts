/** Which addresses of the network a server may be sent to. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Public by their number, yet they answer only to machines of a cloud: Azure's host gives out settings and secrets. */
const CLOUD_HOSTS = ['168.63.129.16'];

/**
 * Whether an address belongs to the public network: not to loopback, link-local (where clouds keep their metadata),
 * private, carrier-grade NAT, multicast or reserved ranges, nor to one that leads to an IPv4 address by way of an IPv6
 * one. Of IPv6, only 2000::/3 is given out at all.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv4') return !CLOUD_HOSTS.includes(parsed.toString());
  return ((parsed as ipaddr.IPv6).parts[0]! & 0xe000) === 0x2000;
}
