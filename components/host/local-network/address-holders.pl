#!/usr/bin/perl
# Asks by ARP who holds addresses: whatever holds one answers that, whatever its firewall says. Perl, as arping isn't on every machine.
#   address-holders.pl INTERFACE-INDEX OWN-MAC OWN-ADDRESS ADDRESS...   prints "ADDRESS MAC" for each that is held by another machine
use strict;
use warnings;
use Socket;

my ( $index, $own_mac, $own, @addresses ) = @ARGV;
my ( $PACKET, $ARP, $REQUEST, $REPLY ) = ( 17, 0x0806, 1, 2 );

my $mac = pack 'H12', $own_mac =~ tr/://dr;
socket( my $socket, $PACKET, SOCK_DGRAM, unpack 'S', pack 'n', $ARP ) or die "no ARP: $!\n";
my $everybody = pack 'S n l S C C a8', $PACKET, $ARP, $index, 1, 0, 6, "\xff" x 6;
bind $socket, pack 'S n l S C C a8', $PACKET, $ARP, $index, 0, 0, 0, '' or die "no ARP: $!\n";

my %asked = map { $_ => 1 } @addresses;
my %holder;
for ( 1 .. 3 ) {
    for my $address ( grep { !$holder{$_} } @addresses ) {
        my $question = pack 'n n C C n a6 a4 a6 a4', 1, 0x0800, 6, 4, $REQUEST, $mac, inet_aton($own), '', inet_aton($address);
        # A queue that is full for a moment: the next round asks again.
        send $socket, $question, 0, $everybody;
    }
    my $end = times_up();
    while ( ( my $left = $end - now() ) > 0 ) {
        vec( my $read = '', fileno $socket, 1 ) = 1;
        select( $read, undef, undef, $left ) > 0 or last;
        defined recv $socket, my $packet, 1500, 0 or next;
        next if length $packet < 28;
        my ( $operation, $from, $sender ) = ( unpack 'n n C C n a6 a4', $packet )[ 4 .. 6 ];
        my $address = inet_ntoa($sender);
        if ( $operation == $REPLY && $asked{$address} ) { $holder{$address} = join ':', unpack '(H2)6', $from }
    }
}
print map { "$_ $holder{$_}\n" } grep { $holder{$_} } @addresses;

sub times_up { return now() + 0.7 }
sub now { open my $uptime, '<', '/proc/uptime' or die "/proc/uptime: $!\n"; return ( split ' ', <$uptime> )[0] }
