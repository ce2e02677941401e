#!/usr/bin/perl
# Stands in for what will listen, after sockets.pl. Arguments: address; ports to hold and ports that it may be asked to try, both like
# tcp:10250,udp:8472,vrrp:0.

# What is taken already answers for itself.
sub hold {
    my ( $address, $name ) = @_;
    my ( $protocol, $port ) = split /:/, $name;
    my $socket = new_socket($protocol) or return;
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1;
    bind $socket, pack_sockaddr_in( $port, inet_aton($address) ) or return;
    if ( $protocol eq 'tcp' ) { listen $socket, 128 or return }
    return { socket => $socket, protocol => $protocol, name => $name };
}

sub serve {
    my ( $client, $held, $known ) = @_;
    local $SIG{ALRM} = sub { POSIX::_exit(1) };
    alarm 30;
    fcntl( $client, F_SETFL, fcntl( $client, F_GETFL, 0 ) & ~O_NONBLOCK );
    my $line = '';
    while ( length $line < 8192 && $line !~ /\n/ ) { sysread( $client, $line, 4096, length $line ) or last }
    if ( $line =~ /^grappe held\n/ ) { syswrite $client, "grappe @$held\n" }
    elsif ( $line =~ /^grappe try (.*)\n/ ) {
        my @tries = map { my ( $protocol, $address, $port ) = split /:/; { protocol => $protocol, address => $address, port => $port } }
          grep { /^(\w+):[\d.]+:(\d+)$/ && $known->{"$1:$2"} } split / /, $1;
        try_all(@tries);
        syswrite $client, 'grappe ' . join( ' ', map { "$_->{protocol}:$_->{address}:$_->{port}=" . ( $_->{open} ? 'open' : $_->{refused} ? 'refused' : 'closed' ) } @tries ) . "\n";
    }
    POSIX::_exit(0);
}

sub listen_at {
    my ( $address, $wanted, $known ) = @_;
    my @sockets = map { hold( $address, $_ ) } split /,/, $wanted;
    my @held    = map { $_->{name} } @sockets;
    my %known   = map { $_ => 1 } split /,/, $known;
    # Whoever started it waits until it listens.
    defined( my $child = fork ) or die "fork: $!\n";
    exit 0 if $child;
    POSIX::setsid();
    open STDIN,  '<', '/dev/null';
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    local $SIG{CHLD} = 'IGNORE';
    while (@sockets) {
        my $read = '';
        vec( $read, fileno $_->{socket}, 1 ) = 1 for @sockets;
        select( $read, undef, undef, undef ) > 0 or next;
        for my $one ( grep { vec $read, fileno $_->{socket}, 1 } @sockets ) {
            if ( $one->{protocol} eq 'tcp' ) {
                accept( my $client, $one->{socket} ) or next;
                my $served = fork;
                serve( $client, \@held, \%known ) if defined $served && $served == 0;
                next;
            }
            my $from = recv $one->{socket}, my $packet, 4096, 0;
            send $one->{socket}, 'grappe!', 0, $from if $from && said( $one->{protocol}, $packet ) eq 'grappe?';
        }
    }
    return;
}

listen_at(@ARGV);
