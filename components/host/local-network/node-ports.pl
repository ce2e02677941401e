#!/usr/bin/perl
# Tries ports between machines that aren't nodes yet. Perl, as perl-base is on every Debian, Ubuntu and Raspberry Pi OS, and bash
# can neither listen nor speak UDP.
#   node-ports.pl listen ADDRESS HELD KNOWN  stands in for what will listen: HELD and KNOWN are like tcp:10250,udp:8472,vrrp:0
#   node-ports.pl try NAME                   reads hosts and ports from stdin, says on stderr what isn't let through
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

# ---- listen ----

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

# ---- try ----

my ( @hosts, @ports, %findings, @quiet );

sub read_plan {
    my ($own) = @_;
    while ( my $line = <STDIN> ) {
        chomp $line;
        my ( $what, @fields ) = split / /, $line, $line =~ /^port / ? 6 : 0;
        if ( $what eq 'host' ) { my %host; @host{qw(name role address subnet ssh)} = @fields; push @hosts, \%host }
        if ( $what eq 'port' ) { my %port; @port{qw(to from protocol port why)} = @fields; push @ports, \%port }
    }
    my ($gate) = grep { $_->{name} eq $own } @hosts;
    return $gate // die "$own isn't among the hosts\n";
}

# Ports that one has to let in from the other.
sub between {
    my ( $from, $to ) = @_;
    return grep { ( $_->{to} eq 'nodes' || $to->{role} eq 'server' ) && ( $_->{from} eq 'nodes' || $from->{role} eq 'server' ) } @ports;
}

# VRRP has no ports, so that a firewall takes what comes from a machine that was just sent some for an answer: each server is tried
# by the one before it alone, to which it sends none.
sub is_tried_by {
    my ( $to, $from, $port ) = @_;
    return 1 if $port->{protocol} ne 'vrrp';
    my @servers = grep { $_->{role} eq 'server' } @hosts;
    my ($place) = grep { $servers[$_] == $to } 0 .. $#servers;
    return @servers > 2 && $servers[ $place - 1 ] == $from;
}

sub name_of { my ($port) = @_; return "$port->{protocol}:$port->{port}" }

sub found {
    my ( $from, $to, $port, $how ) = @_;
    my $entry = $findings{ $to->{name} }{ name_of($port) } //= { port => $port, how => $how, from => [] };
    push @{ $entry->{from} }, $from->{name};
    return;
}

sub ask { my ( $host, $port ) = @_; return { host => $host, port => $port->{port}, row => $port, address => $host->{address}, protocol => 'tcp', ask => 'grappe held' } }

sub learn {
    for my $asked (@_) {
        my $host = $asked->{host};
        if ( $asked->{answer} =~ /^grappe (.*)\n/ ) { $host->{held} = { map { $_ => 1 } split / /, $1 } }
        elsif ( $asked->{open} ) { $host->{serves}{ $asked->{port} } = 1 }
    }
    return;
}

# Who is there: one that waits to become a node, a node (whose own services answer), or nobody.
sub try_from_gate {
    my ($gate) = @_;
    my ($kubelet) = grep { $_->{protocol} eq 'tcp' && $_->{to} eq 'nodes' && $_->{from} eq 'nodes' } @ports;
    my @first = map { ask( $_, $kubelet ) } @hosts;
    try_all(@first);
    learn(@first);
    my @rest = map { my $host = $_; map { ask( $host, $_ ) } grep { $_->{protocol} eq 'tcp' && $_ != $kubelet } between( $gate, $host ) }
      grep { !$_->{serves} } @hosts;
    try_all(@rest);
    learn(@rest);
    for my $asked ( grep { $_->{host} != $gate } @first, @rest ) {
        my $host = $asked->{host};
        next if $asked->{open} || ( $host->{serves} && !$host->{held} );
        # Refused where nothing listens says nothing; where our own listens, that somebody else refused.
        next if $asked->{refused} && !( $host->{held} && $host->{held}{ name_of( $asked->{row} ) } );
        found( $gate, $host, $asked->{row}, $asked->{refused} ? 'refused' : 'no answer' );
    }
    return;
}

# A node that is off right now isn't in the way of others; a machine that was looked at a moment ago is on.
sub forgive_the_absent {
    my ($gate) = @_;
    return if !grep { $_->{serves} && !$_->{held} } @hosts;
    my @silent = grep { $findings{ $_->{name} } && !$_->{held} && !$_->{serves} } @hosts;
    my @tries  = map { { host => $_, protocol => 'tcp', address => $_->{address}, port => $_->{ssh} } } @silent;
    try_all(@tries);
    for my $try ( grep { !$_->{open} } @tries ) {
        delete $findings{ $try->{host}{name} };
        push @quiet, $try->{host}{name};
    }
    return;
}

# All that a machine shuts out, once it is clear that it shuts out everything.
sub complete_the_silent {
    my ($gate) = @_;
    for my $host ( grep { $findings{ $_->{name} } && !$_->{held} } @hosts ) {
        found( $gate, $host, $_, 'no answer' ) for grep { $_->{protocol} ne 'tcp' } between( $gate, $host );
    }
    return;
}

sub try_datagrams {
    my ($gate) = @_;
    my @tries = map {
        my $host = $_;
        map { { host => $host, row => $_, address => $host->{address}, protocol => $_->{protocol}, port => $_->{port} } }
          grep { $_->{protocol} ne 'tcp' && $host->{held}{ name_of($_) } && is_tried_by( $host, $gate, $_ ) } between( $gate, $host )
    } grep { $_ != $gate && $_->{held} } @hosts;
    try_all(@tries);
    found( $gate, $_->{host}, $_->{row}, $_->{refused} ? 'refused' : 'no answer' ) for grep { !$_->{open} } @tries;
    return;
}

# The way back, and between the other servers: each machine tries every server.
sub try_towards_servers {
    my ($gate) = @_;
    my @servers = grep { $_->{role} eq 'server' && ( $_->{held} || $_->{serves} ) } @hosts;
    my @asks;
    for my $host ( grep { $_ != $gate && $_->{held} } @hosts ) {
        my %rows;
        for my $server ( grep { $_ != $host } @servers ) {
            for my $port ( grep { is_tried_by( $server, $host, $_ ) } between( $host, $server ) ) {
                next if $findings{ $server->{name} }{ name_of($port) };
                next if !( $server->{held} && $server->{held}{ name_of($port) } ) && !( $port->{protocol} eq 'tcp' && $server->{serves}{ $port->{port} } );
                $rows{"$port->{protocol}:$server->{address}:$port->{port}"} = [ $server, $port ];
            }
        }
        my ($way) = grep { /^tcp:/ && !$findings{ $host->{name} }{$_} } sort keys %{ $host->{held} };
        next if !%rows || !defined $way;
        push @asks, { %{ ask( $host, { port => substr $way, 4 } ) }, ask => join( ' ', 'grappe try', sort keys %rows ), rows => \%rows, seconds => $SECONDS + 3 };
    }
    try_all(@asks);
    for my $asked (@asks) {
        my ($answer) = $asked->{answer} =~ /^grappe (.*)\n/ or next;
        for ( split / /, $answer ) {
            my ( $target, $how ) = split /=/;
            next if $how eq 'open' || !$asked->{rows}{$target};
            my ( $server, $port ) = @{ $asked->{rows}{$target} };
            found( $asked->{host}, $server, $port, $how eq 'refused' ? 'refused' : 'no answer' );
        }
    }
    return;
}

sub names { my @names = @_; return @names > 4 ? "$names[0], $names[1], $names[2] and " . ( @names - 3 ) . ' others' : join ', ', @names }

# tcp 2379, 2380, 6443 as each firewall's own commands write them.
sub ways_out {
    my ( $subnets, @rows ) = @_;
    my ( %numbers, @lines );
    push @{ $numbers{ $_->{protocol} } }, $_->{port} for @rows;
    for my $protocol ( sort keys %numbers ) {
        my @of = sort { $a <=> $b } @{ $numbers{$protocol} };
        my ( $comma, $set ) = ( join( ',', @of ), join ', ', @of );
        for my $subnet (@$subnets) {
            my $vrrp = $protocol eq 'vrrp';
            push @lines, [ 'ufw', "ufw allow proto $protocol from $subnet to any" . ( $vrrp ? '' : " port $comma" ) ];
            push @lines, $vrrp
              ? [ 'firewalld', "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=$subnet protocol value=vrrp accept'" ]
              : map { [ 'firewalld', "firewall-cmd --permanent --add-rich-rule='rule family=ipv4 source address=$subnet port port=$_ protocol=$protocol accept'" ] } @of;
            push @lines, [ 'nftables', "nft insert rule inet filter input ip saddr $subnet " . ( $vrrp ? 'ip protocol 112' : "$protocol dport { $set }" ) . ' accept' ];
        }
    }
    my %of = map { $_ => '' } qw(ufw firewalld nftables);
    $of{ $_->[0] } .= "           $_->[1]\n" for @lines;
    $of{firewalld} .= "           firewall-cmd --reload\n";
    return "      fix: let them in, on that machine. With ufw:\n$of{ufw}         with firewalld:\n$of{firewalld}"
      . "         with nftables (for the next boot also in /etc/nftables.conf; table and chain may have other names there):\n$of{nftables}"
      . "         If no firewall runs there, one is on the way, or an access point or switch that keeps its clients apart.\n";
}

sub report {
    my %seen;
    my @subnets = grep { !$seen{$_}++ } map { $_->{subnet} } @hosts;
    print {*STDERR} "Ports between the machines are closed. Nothing was installed yet.\n";
    my $number = 0;
    for my $host ( grep { $findings{ $_->{name} } } @hosts ) {
        my @entries = sort { $a->{port}{protocol} cmp $b->{port}{protocol} || $a->{port}{port} <=> $b->{port}{port} } values %{ $findings{ $host->{name} } };
        printf {*STDERR} "  %d. %s (%s) can't be reached at:\n", ++$number, $host->{name}, $host->{address};
        for my $entry (@entries) {
            my $port = $entry->{port};
            my $what = $port->{protocol} eq 'vrrp' ? 'VRRP (IP protocol 112)' : uc( $port->{protocol} ) . " $port->{port}";
            printf {*STDERR} "       %s, from %s: %s\n         why: %s\n", $what, names( @{ $entry->{from} } ), $entry->{how}, $port->{why};
        }
        print {*STDERR} ways_out( \@subnets, map { $_->{port} } @entries );
    }
    return;
}

my $mode = shift // '';
if ( $mode eq 'listen' ) { listen_at(@ARGV); exit 0 }
die "node-ports.pl listen|try\n" if $mode ne 'try';
my $gate = read_plan(@ARGV);
try_from_gate($gate);
forgive_the_absent($gate);
complete_the_silent($gate);
try_datagrams($gate);
try_towards_servers($gate);
%findings = map { $_ => $findings{$_} } grep { %{ $findings{$_} } } keys %findings;
print {*STDERR} 'not tried, as nothing answers there: ', join( ', ', @quiet ), "\n" if @quiet;
print "nodes are there\n" if grep { $_->{serves} && !$_->{held} } @hosts;
if (%findings) { report(); exit 1 }
