#!/usr/bin/perl
# Tries many ports at once; the beginning of both programs about ports between machines that aren't nodes yet (local-network.ts puts
# them together). Perl, as perl-base is on every Debian, Ubuntu and Raspberry Pi OS, and bash can neither listen nor speak UDP.
use strict;
use warnings;
use Errno qw(EAGAIN EINPROGRESS ECONNREFUSED);
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use POSIX ();
use Socket;

my $VRRP    = 112;
my $SECONDS = 4;      # until a port counts as closed: a connection is asked for anew after 1 s and after 3 s
my $AT_ONCE = 400;    # sockets

sub nonblocking {
    my ($socket) = @_;
    fcntl( $socket, F_SETFL, fcntl( $socket, F_GETFL, 0 ) | O_NONBLOCK ) or die "fcntl: $!\n";
    return $socket;
}

sub new_socket {
    my ($protocol) = @_;
    socket( my $socket, PF_INET, $protocol eq 'tcp' ? SOCK_STREAM : $protocol eq 'udp' ? SOCK_DGRAM : SOCK_RAW,
        $protocol eq 'vrrp' ? $VRRP : 0 )
      or return;
    return nonblocking($socket);
}

# What a datagram says; a raw socket gives the IP header with it.
sub said {
    my ( $protocol, $packet ) = @_;
    return $protocol eq 'vrrp' ? substr( $packet, 4 * ( ord($packet) & 15 ) ) : $packet;
}

# Tries { protocol, address, port, ask }, all at once; each gets { open, error, answer }.
sub try_all {
    my @tries = @_;
    while ( my @some = splice( @tries, 0, $AT_ONCE ) ) { try_some(@some) }
    return;
}

sub start {
    my ($try) = @_;
    $try->{answer} = '';
    my $socket = new_socket( $try->{protocol} ) or return $try->{error} = $!;
    my $to = pack_sockaddr_in( $try->{port}, inet_aton( $try->{address} ) );
    if ( !connect( $socket, $to ) && $! != EINPROGRESS ) { return $try->{error} = $! }
    $try->{socket} = $socket;
    return;
}

sub finish {
    my ( $try, %result ) = @_;
    close delete $try->{socket};
    @$try{ keys %result } = values %result;
    return;
}

sub is_writable {
    my ($try) = @_;
    my $error = unpack 'i', getsockopt( $try->{socket}, SOL_SOCKET, SO_ERROR );
    if ($error) { local $! = $error; return finish( $try, error => $!, refused => $error == ECONNREFUSED ) }
    $try->{open} = 1;
    return finish($try) if !defined $try->{ask};
    $try->{asked} = 1;
    return finish($try) if !defined syswrite $try->{socket}, "$try->{ask}\n";
    return;
}

sub is_readable {
    my ($try) = @_;
    my $stream = $try->{protocol} eq 'tcp';
    my $text   = '';
    my $count;
    if ($stream) { $count = sysread $try->{socket}, $text, 4096 }
    elsif ( defined recv $try->{socket}, $text, 4096, 0 ) { $count = length $text }
    if ($stream) {
        return if !defined $count && $! == EAGAIN;
        return finish($try) if !$count;
        $try->{answer} .= $text;
        # Whatever else listens there may greet and wait.
        return finish($try) if $try->{answer} !~ /^gr?a?p?p?e?/ || length $try->{answer} > 60_000;
        return;
    }
    return finish( $try, error => $!, refused => $! == ECONNREFUSED ) if !$count && $! && $! != EAGAIN;
    return finish( $try, open => 1 ) if $count && said( $try->{protocol}, $text ) eq 'grappe!';
    return;
}

sub try_some {
    my @tries = @_;
    local $SIG{PIPE} = 'IGNORE';
    start($_) for @tries;
    my $longest = ( sort { $b <=> $a } map { $_->{seconds} // $SECONDS } @tries )[0];
    # Half a second each, so that datagrams are sent again.
    for my $round ( 0 .. 2 * $longest - 1 ) {
        my $end = now() + 0.5;
        for my $try ( grep { $_->{socket} && $_->{protocol} ne 'tcp' } @tries ) { send $try->{socket}, 'grappe?', 0 }
        while ( ( my $left = $end - now() ) > 0 ) {
            my @waiting = grep { $_->{socket} } @tries or return;
            my ( $read, $write ) = ( '', '' );
            for my $try (@waiting) {
                my $connecting = $try->{protocol} eq 'tcp' && !$try->{asked};
                vec( $connecting ? $write : $read, fileno $try->{socket}, 1 ) = 1;
            }
            select( $read, $write, undef, $left ) > 0 or next;
            for my $try (@waiting) {
                my $number = fileno $try->{socket};
                if    ( vec $write, $number, 1 ) { is_writable($try) }
                elsif ( vec $read,  $number, 1 ) { $! = 0; is_readable($try) }
            }
        }
    }
    for my $try ( grep { $_->{socket} } @tries ) { finish( $try, $try->{open} ? () : ( error => 'no answer' ) ) }
    return;
}

# Not changed by who sets the clock.
sub now { open my $uptime, '<', '/proc/uptime' or die "/proc/uptime: $!\n"; return ( split ' ', <$uptime> )[0] }
